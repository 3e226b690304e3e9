"""Where the parts of pictures stand: pure functions from values to places; templates draw them.

chain      through whose mouths a claim comes to us
coverage   how many claims rest on each sentence of an article
times      an axis of days, months or years, and times on it with what is uncertain of them
"""
