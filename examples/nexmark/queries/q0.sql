select id, auction, bidder, price, at_ms from bid
