"""What the program costs, measured against rivals and limits."""
