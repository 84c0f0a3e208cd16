-- meaning: Every organisation that people come from, under one harmonised name
-- grain: one row per organisation
-- role: coordinator
-- parameters: none
-- returns: core.organisation
with spelling as (
    select plain_organisation, organisation as written, count(*) as times
    from staging.person_trait
    where plain_organisation is not null
    group by plain_organisation, organisation
),

named as (
    select
        spelling.plain_organisation, spelling.written, spelling.times,
        alias.name as given_name, alias.sector, alias.parent,
        coalesce(staging.plain_organisation(alias.name), spelling.plain_organisation) as plain_name
    from spelling
    left join staging.organisation_alias as alias
        on alias.plain_organisation = spelling.plain_organisation
)

select
    md5('organisation:' || plain_name)::uuid as organisation_id,
    coalesce(
        max(given_name),
        max({'times': times, 'written': written}).written
    ) as name,
    max(sector) as sector,
    max(parent) as parent
from named
where plain_name is not null
group by plain_name
