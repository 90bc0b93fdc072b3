"""What running leaves behind beside decisions and grants: acts, and what else the service keeps."""
