"""Where the parts of pictures stand: pure functions from values to places; templates draw them.

chain      through whose mouths a claim comes to us
coverage   how many claims rest on each sentence of an article
flows    bands from articles through voices to holders, as wide as the claims are many
map      points of places on a map, with the ground around them and room for their names
times    an axis of days, months or years, and times on it with what is uncertain of them
"""
