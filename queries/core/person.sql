-- meaning: Every person the network knows, once
-- grain: one row per person
-- role: coordinator
-- parameters: none
-- returns: core.person
with named as (
    -- Written in several ways: as it is spoken before "Berg, Jan v.d.", then the newest, then the longest.
    select
        person_id,
        max({
            'is_spoken': not contains(identity_key.name, ','),
            'at': last_received_at, 'length': length(identity_key.name), 'name': identity_key.name
        }).name as name
    from (from staging.person_of semi join (from staging.known_person where two_names) as several using (person_id))
    join staging.identity_key using (identity)
    where identity_key.name is not null
    group by person_id
),

told as (
    from staging.person_trait
    where coalesce(job_title, audience, country, region) is not null
),

trait as (
    select
        person_id,
        count(*) as times,
        any_value(job_title) as job_title,
        any_value(audience) as audience,
        any_value(country) as country,
        any_value(region) as region
    from told
    group by person_id
),

newest_trait as (
    select
        told.person_id,
        max({'on': seen_on, 'at': received_at, 'is': told.job_title}) filter (where told.job_title is not null).is as job_title,
        max({'on': seen_on, 'at': received_at, 'is': told.audience}) filter (where told.audience is not null).is as audience,
        max({'on': seen_on, 'at': received_at, 'is': told.country}) filter (where told.country is not null).is as country,
        max({'on': seen_on, 'at': received_at, 'is': told.region}) filter (where told.region is not null).is as region
    from told
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
from staging.known_person as known
left join named using (person_id)
left join trait using (person_id)
left join newest_trait using (person_id)
