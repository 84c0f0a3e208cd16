-- meaning: How many members and attendances each organisation has
-- grain: one row per organisation (empty = unknown)
-- role: communication
-- parameters: none
-- returns:
--   organisation text: Organisation; empty when unknown
--   sector text: Sector
--   parent text: Organisation it is part of
--   members integer persons: Members on the as-of date
--   attendances integer attendances: Times someone of the organisation was at a meeting
--   attendance_share number share: Of all attendances
select organisation, sector, parent, members, attendances, attendance_share
from marts.organisation_figures
order by members desc, attendances desc, organisation nulls last
