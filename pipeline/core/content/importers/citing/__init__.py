"""Finds citations in running text: one notation a file, and `Lifter`, which takes them out of the words (E-20)."""
