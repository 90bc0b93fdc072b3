"""What a server needs of a project: who somebody is, and what was refused to whom."""
