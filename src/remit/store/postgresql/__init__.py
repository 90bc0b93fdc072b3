"""The store on a server: PostgreSQL. Needs the extra ``remit[postgres]``."""
