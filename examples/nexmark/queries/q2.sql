select id, auction, price from bid where auction % 7 = 0
