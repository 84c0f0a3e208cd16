-- meaning: Every organisation that people come from, under one harmonised name
-- grain: one row per organisation
-- role: coordinator
-- parameters: none
-- returns: core.organisation
with spelling as (
    select organisation_of.organisation_id, said.organisation as written, count(*) as times
    from staging.person_trait as said
    join staging.organisation_of using (plain_organisation)
    group by organisation_of.organisation_id, said.organisation
    union all
    select organisation_of.organisation_id, mail.organisation, count(*)
    from staging.mail_affiliation as mail
    join staging.organisation_of on organisation_of.plain_organisation = staging.plain_organisation(mail.organisation)
    group by organisation_of.organisation_id, mail.organisation
),

tidied as (
    select organisation_id, staging.tidy_group(written) as written, sum(times)::bigint as times
    from spelling
    group by organisation_id, staging.tidy_group(written)
),

-- Of ways written equally often: capitals and small letters go before capitals only, and those before none.
named as (
    select
        organisation_id,
        max({
            'times': times, 'is_mixed': written not in (lower(written), upper(written)),
            'has_capitals': written <> lower(written), 'written': written
        }).written as most_written,
        bool_or(staging.is_company(written)) as is_company
    from tidied
    group by organisation_id
),

placed as (
    select organisation_id, any_value(plain_name) as plain_name, bool_or(is_independent) as is_independent
    from staging.organisation_of
    group by organisation_id
),

known as (
    select
        named.organisation_id, placed.is_independent,
        case when placed.is_independent then 'Freelancers' else coalesce(title.name, named.most_written) end as name,
        fact.sector as told_sector,
        case
            when placed.is_independent then 'independent'
            when named.is_company or coalesce(staging.is_company(title.name), false) then coalesce(staging.sector_in_name(placed.plain_name), 'company')
            else staging.sector_in_name(placed.plain_name)
        end as seen_sector,
        fact.parent, fact.region
    from named
    join placed using (organisation_id)
    left join staging.organisation_title as title on title.plain_name = placed.plain_name
    left join staging.organisation_fact as fact on fact.plain_name = placed.plain_name
)

select
    organisation_id, name,
    coalesce(told_sector, seen_sector) as sector,
    case when told_sector is not null then 'person' when seen_sector is not null then 'name' end as sector_source,
    parent, region, is_independent
from known
