select
  strptime(date, '%Y/%m/%d %H:%M') as departed_at,
  delay,
  distance,
  origin,
  destination
from source
