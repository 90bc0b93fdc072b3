"""The HTTP door: what the command line does, under ``/v1``, for people and machines with roles."""
