select
  id,
  properties.mag as magnitude,
  properties.place as place,
  make_timestamptz(properties.time * 1000) as happened_at,
  make_timestamptz(properties.updated * 1000) as updated_at,
  properties.status as status,
  properties.type as kind,
  properties.tsunami = 1 as tsunami,
  geometry.coordinates[1] as longitude,
  geometry.coordinates[2] as latitude,
  geometry.coordinates[3] as depth
from source
