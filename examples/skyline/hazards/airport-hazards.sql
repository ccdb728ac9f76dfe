with struck as (
  select airport, count(*) as strikes, cast(coalesce(sum(cost_total), 0) as bigint) as strike_cost
  from strikes
  group by airport
),
placed as (
  select struck.*, radians(latitude) as latitude, radians(longitude) as longitude
  from struck
  join airports on iata = airport
),
felt as (
  select id, magnitude, radians(latitude) as latitude, radians(longitude) as longitude
  from earthquakes
  where kind = 'earthquake' and magnitude >= 2.5
),
-- The haversine of the angle between both places.
near as (
  select airport, magnitude
  from placed
  join felt on 2 * 6371.0088 * asin(least(1.0, sqrt(
    pow(sin((felt.latitude - placed.latitude) / 2), 2)
    + cos(felt.latitude) * cos(placed.latitude) * pow(sin((felt.longitude - placed.longitude) / 2), 2)
  ))) <= 300
)
select
  placed.airport,
  strikes,
  strike_cost,
  count(near.magnitude) as earthquakes,
  max(near.magnitude) as strongest
from placed
left join near on near.airport = placed.airport
group by placed.airport, strikes, strike_cost
