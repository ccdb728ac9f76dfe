select distinct p.id, p.name, p.at_ms // 10000 * 10000 as began_ms
from person p join auction a on a.seller = p.id and a.at_ms // 10000 = p.at_ms // 10000
