"""`make bench`: what sending costs, side by side in one run with what others use. docs/performance.md tells how."""
