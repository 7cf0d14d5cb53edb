"""What a reference says: its parts as CSL JSON, its identifiers, its grade (E-04), and what it does not say."""
