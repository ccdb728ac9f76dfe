select began_ms, auction, count(*) as bids
from (select auction, unnest([at_ms // 2000 * 2000 - 2000 * k for k in range(5)]) as began_ms from bid)
group by began_ms, auction
qualify rank() over (partition by began_ms order by count(*) desc) = 1
