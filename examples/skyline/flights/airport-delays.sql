select
  origin as airport,
  cast(departed_at as date) as day,
  count(*) as flights,
  cast(sum(delay) as bigint) as delay_minutes,
  max(delay) as worst
from departures
group by origin, cast(departed_at as date)
