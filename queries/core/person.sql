-- meaning: Every person the network knows, once
-- grain: one row per person
-- role: coordinator
-- parameters: none
-- returns: core.person
with seen as (
    select
        person_id, name, email_key,
        first_received_at, last_received_at
    from staging.person_of
    join staging.identity_key using (identity)
),

known as (
    select
        person_id,
        coalesce(min(hash(name)) filter (where name is not null) <> max(hash(name)) filter (where name is not null), false)
            as has_names,
        any_value(name) as name,
        min(email_key) as email_key,
        min(first_received_at) as first_received_at
    from seen
    group by person_id
),

-- Written in several ways: as it is spoken before "Berg, Jan v.d.", then the newest, then the longest.
named as (
    select
        seen.person_id,
        max({
            'is_spoken': not contains(seen.name, ','),
            'at': last_received_at, 'length': length(seen.name), 'name': seen.name
        }).name as name
    from seen
    join known using (person_id)
    where known.has_names and seen.name is not null
    group by seen.person_id
),

trait as (
    select
        person_id,
        count(*) as times,
        any_value(job_title) as job_title,
        any_value(audience) as audience,
        any_value(country) as country,
        any_value(region) as region
    from staging.person_trait
    group by person_id
),

newest_trait as (
    select
        told.person_id,
        max({'on': seen_on, 'at': received_at, 'is': told.job_title}) filter (where told.job_title is not null).is as job_title,
        max({'on': seen_on, 'at': received_at, 'is': told.audience}) filter (where told.audience is not null).is as audience,
        max({'on': seen_on, 'at': received_at, 'is': told.country}) filter (where told.country is not null).is as country,
        max({'on': seen_on, 'at': received_at, 'is': told.region}) filter (where told.region is not null).is as region
    from staging.person_trait as told
    join trait using (person_id)
    where trait.times > 1
    group by told.person_id
)

select
    known.person_id,
    coalesce(named.name, known.name) as full_name,
    substr(known.email_key, 7) as email,
    case when trait.times > 1 then newest_trait.job_title else trait.job_title end as job_title,
    case when trait.times > 1 then newest_trait.audience else trait.audience end as audience,
    case when trait.times > 1 then newest_trait.country else trait.country end as country,
    case when trait.times > 1 then newest_trait.region else trait.region end as region,
    known.first_received_at
from known
left join named using (person_id)
left join trait using (person_id)
left join newest_trait using (person_id)
