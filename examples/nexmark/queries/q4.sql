select category, avg(price) as price
from (
  select a.id, a.seller, a.category, b.id as bid, b.bidder, b.price
  from auction a join bid b on b.auction = a.id
  where b.at_ms between a.at_ms and a.expires_ms
  qualify row_number() over (partition by a.id order by b.price desc, b.at_ms, b.id) = 1
)
group by category
