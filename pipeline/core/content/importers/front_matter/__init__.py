"""What stands at the head of a file of Markdown, in our own form or another's."""
