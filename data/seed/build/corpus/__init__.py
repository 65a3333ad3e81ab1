"""Turns packages and novels into plain text. Entry: `python3 -m corpus`, called by ../make-corpus."""
