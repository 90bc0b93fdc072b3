"""What a project keeps in its ``.remit`` folder beside the store. All of it is derived: deleting it loses nothing."""
