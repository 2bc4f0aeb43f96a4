"""How fast the product is: a generator of many records, a measuring client, and a floor beside."""
