-- meaning: For which organisation each person worked, and when
-- grain: one row per person and stretch; stretches never overlap
-- role: coordinator
-- parameters: none
-- returns: core.affiliation
with told as (
    select
        person_id, seen_on, received_at, trait.file_id, trait.line,
        organisation_of.organisation_id,
        coalesce(trait.unit, organisation_of.unit) as unit
    from staging.person_trait as trait
    join staging.organisation_of using (plain_organisation)
),

counted as (
    select
        person_id,
        count(*) as times,
        any_value(organisation_id) as organisation_id,
        any_value(unit) as unit,
        any_value(file_id) as file_id,
        any_value(line) as line
    from told
    group by person_id
),

-- Two stories of one day: the newest file, then the organisation's id, decides; a unit that is told wins of none.
daily as (
    select
        told.person_id, told.seen_on,
        max({
            'at': told.received_at, 'id': told.organisation_id, 'unit': coalesce(told.unit, ''),
            'file': told.file_id, 'line': told.line
        }) as last
    from told
    join counted using (person_id)
    where counted.times > 1
    group by told.person_id, told.seen_on
),

compared as (
    select
        person_id, seen_on, last.id as organisation_id, nullif(last.unit, '') as unit,
        last.file as file_id, last.line,
        lag(last.id) over (partition by person_id order by seen_on) is distinct from last.id as is_change
    from daily
),

numbered as (
    select
        *,
        count(*) filter (where is_change) over (partition by person_id order by seen_on) as stretch
    from compared
),

united as (
    select
        person_id, stretch,
        any_value(organisation_id) as organisation_id,
        arg_max(unit, seen_on) as unit,
        min(seen_on) as starts_on,
        arg_min({'file': file_id, 'line': line}, seen_on) as first
    from numbered
    group by person_id, stretch
)

-- The first stretch also speaks for the days before it was seen.
select
    person_id, stretch, organisation_id, unit,
    case when stretch > 1 then starts_on end as starts_on,
    lead(starts_on) over (partition by person_id order by stretch) as ends_on,
    first.file as file_id, first.line
from united
union all
select person_id, 1, organisation_id, unit, null, null, file_id, line
from counted
where times = 1
union all
select mail.person_id, 1, organisation_of.organisation_id, organisation_of.unit, null, null, null, null
from staging.mail_affiliation as mail
join staging.organisation_of on organisation_of.plain_organisation = staging.plain_organisation(mail.organisation)
