with delayed as (
  select
    airport,
    cast(sum(flights) as bigint) as departures,
    cast(sum(delay_minutes) as bigint) as delay_minutes,
    max(worst) as worst_delay
  from delays
  group by airport
),
flown as (
  select origin as airport, cast(sum(count) as bigint) as flights_2008
  from routes
  group by origin
)
select
  hazards.airport,
  airports.name,
  airports.state,
  coalesce(departures, 0) as departures,
  coalesce(delayed.delay_minutes, 0) as delay_minutes,
  delayed.delay_minutes / departures as mean_delay,
  worst_delay,
  coalesce(flights_2008, 0) as flights_2008,
  strikes,
  strike_cost,
  earthquakes
from hazards
join airports on airports.iata = hazards.airport
left join delayed on delayed.airport = hazards.airport
left join flown on flown.airport = hazards.airport
