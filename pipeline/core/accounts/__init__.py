"""What is true of members of staff: their second factors, their recovery codes, and how long a session lives."""
