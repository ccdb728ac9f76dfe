select at_ms // 10000 * 10000 as began_ms, id, price
from bid
qualify rank() over (partition by at_ms // 10000 order by price desc) = 1
