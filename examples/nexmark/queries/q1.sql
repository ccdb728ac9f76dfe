select id, auction, cast(price * 0.908 as double) as euros from bid
