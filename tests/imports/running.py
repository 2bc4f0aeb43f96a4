"""Small files of each format, written here, and how tests import them."""

import gzip
from pathlib import Path

from imports.actions import log
from imports.actions.log import Outcome
from imports.loading import load

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

SERVICENOW_HEAD = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,"
    "opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,"
    "location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,"
    "assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,"
    "closed_code,resolved_by,resolved_at,closed_at"
)


def servicenow_row(
    number: str = "INC0000001",
    state: str = "New",
    at: str = "1/3/2016 09:00",
    *,
    moves: int = 0,
    reopens: int = 0,
    group: str = "Group 1",
    person: str = "?",
    priority: tuple[str, str, str] = ("2 - Medium", "2 - Medium", "3 - Moderate"),
    problem: str = "?",
    resolved: str = "3/3/2016 12:00",
) -> str:
    impact, urgency, level = priority
    return (
        f"{number},{state},true,{moves},{reopens},0,true,Caller 7,Opened by  8,1/3/2016 08:55,?,?,"
        f"Updated by 9,{at},Phone,Location 1,Category 5,Subcategory 6,Symptom 7,?,{impact},"
        f"{urgency},{level},{group},{person},true,false,Do Not Notify,{problem},?,?,?,code 5,"
        f"Resolved by 9,{resolved},8/3/2016 12:00"
    )


_TAKEN = {"person": "Resolver 4", "group": "Group 2", "moves": 1}
_AGAIN = {
    **_TAKEN,
    "reopens": 1,
    "priority": ("1 - High", "1 - High", "1 - Critical"),
    "problem": "Problem ID  14",
}
ONE_LIFE = [
    servicenow_row(),
    servicenow_row(state="Active", at="1/3/2016 09:30", person="Resolver 3"),
    servicenow_row(state="Active", at="1/3/2016 10:00", **_TAKEN),
    servicenow_row(state="Awaiting User Info", at="1/3/2016 11:00", **_TAKEN),
    servicenow_row(state="Resolved", at="2/3/2016 12:00", **_TAKEN),
    servicenow_row(state="Active", at="3/3/2016 09:00", **_AGAIN),
    servicenow_row(state="Resolved", at="3/3/2016 12:00", **_AGAIN),
    servicenow_row(state="Closed", at="8/3/2016 12:00", **_AGAIN),
]

VOLVO = """<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>
<string key="concept:name" value="a log"/>
<trace><string key="concept:name" value="1-77"/>
<event><string key="org:group" value="V30 2nd"/><string key="org:resource" value="Zoë"/>
<string key="concept:name" value="Queued"/><string key="impact" value="Major"/>
<string key="product" value="PROD1"/>
<string key="lifecycle:transition" value="Awaiting Assignment"/>
<date key="time:timestamp" value="2012-03-24T23:30:00+01:00"/></event>
<event><string key="lifecycle:transition" value="Wait - User"/>
<string key="org:group" value="V30 2nd"/>
<string key="org:resource" value="Zoë"/><string key="concept:name" value="Accepted"/>
<string key="impact" value="Major"/><string key="product" value="PROD1"/>
<date key="time:timestamp" value="2012-03-25T12:00:00+02:00"/></event>
<event><string key="org:group" value="V30 2nd"/><string key="org:resource" value="Siebel"/>
<string key="concept:name" value="Completed"/><string key="lifecycle:transition" value="Resolved"/>
<string key="impact" value="Major"/><string key="product" value="PROD1"/>
<date key="time:timestamp" value="2012-03-26T12:00:00+02:00"/></event>
</trace></log>
"""

RABOBANK = (
    "CI Name (aff);CI Type (aff);CI Subtype (aff);Service Component WBS (aff);Incident ID;Status;"
    "Impact;Urgency;Priority;Category;KM number;Alert Status;# Reassignments;Open Time;Reopen Time;"
    "Resolved Time;Close Time;Handle Time (Hours);Closure Code;# Related Interactions;"
    "Related Interaction;# Related Incidents;# Related Changes;Related Change;CI Name (CBy);"
    "CI Type (CBy);CI Subtype (CBy);ServiceComp WBS (CBy)\r\n"
    "SBA1;application;Server Based Application;WBS1;IM0000048;Closed;5;5;5;incident;KM1;closed;2;"
    "06/02/2013 14:07:43;;07/02/2013 14:00:26;07/02/2013 14:00:29;3,885555556;Other;2;#MULTIVALUE;"
    ";1;C00000056;;;;\r\n"
)
RABOBANK_ACTIVITY = (
    "Incident ID;DateStamp;IncidentActivity_Number;IncidentActivity_Type;Assignment Group;"
    "KM number;Interaction ID\r\n"
    "IM0000048;07-02-2013 14:00:31;001A9;Closed;TEAM2;KM1;\r\n"
    "IM0000048;06-02-2013 13:07:45;001A1;Open;TEAM1;KM1;SD1\r\n"
    "IM0000048;06-02-2013 15:10:52;001A2;Reassignment;TEAM2;KM1;SD1\r\n"
    "IM0000099;06-02-2013 15:10:52;001A3;Open;TEAM2;KM1;SD1\r\n"
)
RABOBANK_RAW = (
    "CI_Name,CI_Cat,CI_Subcat,WBS,Incident_ID,Status,Impact,Urgency,Priority,number_cnt,Category,"
    "KB_number,Alert_Status,No_of_Reassignments,Open_Time,Reopen_Time,Resolved_Time,Close_Time,"
    "Handle_Time_hrs,Closure_Code,No_of_Related_Interactions,Related_Interaction,"
    "No_of_Related_Incidents,No_of_Related_Changes,Related_Change\n"
    "SUB1,subapplication,Web,WBS1,IM0000004,Closed,NS,4,NA,0.6,incident,KM1,closed,26,"
    '05/02/2012 13:32,,04/11/2013 13:50,04/11/2013 13:51,"3,87,16,91,111",Other,1,SD7,2,,\n'
)

ITALY_HEAD = (
    "Case ID,Activity,Resource,Complete Timestamp,Variant,Variant index,Variant,seriousness,"
    "customer,product,responsible_section,seriousness_2,service_level,service_type,support_section,workgroup"
)


def italy_row(activity: str, at: str, resource: str = "Value 1", case: str = "Case 1") -> str:
    return (
        f"{case},{activity},{resource},{at},Variant 12,12,Variant 12,Value 1,Value 5,Value 3,"
        "Value 1,Value 2,Value 1,Value 1,Value 1,Value 4"
    )


def write(folder: Path, name: str, text: str, *, zipped: bool = False) -> Path:
    path = folder / name
    content = text.encode()
    path.write_bytes(gzip.compress(content) if zipped else content)
    return path


def servicenow_file(folder: Path, rows: list[str], name: str = "log.csv") -> Path:
    return write(folder, name, "\n".join([SERVICENOW_HEAD, *rows, ""]))


def silent(_done: int, _total: int) -> None:
    pass


def take(path: Path, mapping: str, activity: Path | None = None, batch: int = 500) -> Outcome:
    outcome = log.run(load(mapping), path, activity, silent, batch=batch)
    assert outcome.accounts_for_every_row(), outcome.counts
    return outcome


def look(path: Path, mapping: str, activity: Path | None = None) -> Outcome:
    return log.plan(load(mapping), path, activity, silent)
