-- meaning: The values that parameters of questions may have in this release; any other is refused
-- grain: one row per parameter and value
-- role: communication
-- parameters: none
-- returns:
--   parameter text: working_group, audience, series, channel, document, organisation, session_id or theme_id
--   value text: The value
with known as (
    select dimension as parameter, value
    from marts.filter_value
    union
    select 'working_group', working_group from core.listing
    union
    select 'working_group', working_group from core.contribution
    union
    select 'audience', audience from marts.harvested_text
    union
    select 'working_group', working_group from core.event
    union
    select 'audience', audience from core.event
    union
    select 'series', series from core.event
    union
    select 'channel', channel from core.reach
    union
    select 'document', document from core.document
    union
    select 'organisation', name from core.organisation
    union
    select 'session_id', session_id::varchar from core.session
    union
    select 'theme_id', theme_id from core.theme
    union
    select 'theme_id', theme_id from marts.harvested_text
)

select parameter, value
from known
where value is not null
order by parameter, value
