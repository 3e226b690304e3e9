"""Where the parts of pictures stand: pure functions from values to places; templates draw them as SVG.

times    an axis of days, months or years, and times on it with what is uncertain of them
"""
