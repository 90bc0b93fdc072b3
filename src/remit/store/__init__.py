"""The store: tables, migrations, whole records in and out."""
