"""The pages that anybody may open: sign-up, confirm, "not me", unsubscribe, preferences, privacy. A file each."""
