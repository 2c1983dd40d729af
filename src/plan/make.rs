//! From an operation and the facts to a plan. Pure: the same facts give the same plan, and making it touches nothing.

use super::rebuild::Rebuild;
use super::refusal::needs_to_run;
use super::repair::{Fault, none, repair};
use super::undo::{Undoable, undo};
use super::{Permission, Plan, Probe, Unplanned, channels, configure, generations, index, services, store};
use crate::machine::facts::Facts;
use crate::nix::command::Tools;
use crate::operation::slots::Phrase;
use crate::operation::{Operation, SwitchAction};

/// What is wanted, beside the operation itself.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What was asked.
    pub operation: &'a Operation,
    /// How Nix is called.
    pub tools: &'a Tools,
    /// The change that `undo` would take back.
    pub last: Option<&'a Undoable>,
    /// The error that a repair would mend.
    pub fault: Option<&'a Fault>,
    /// What the person allowed, having been asked.
    pub allowed: &'a [Permission],
    /// Whether an edit that was begun is gone on with.
    pub go_on: bool,
}

/// Makes the plan. `None` when the operation is talk, which needs no plan.
///
/// # Errors
/// When it is refused, or the person must be asked something first.
#[expect(clippy::too_many_lines, reason = "an arm for each operation")]
pub fn plan(wish: Wish<'_>, facts: &Facts) -> Result<Option<Plan>, Unplanned> {
    let rebuild = Rebuild { facts, tools: wish.tools, allowed: wish.allowed };
    if let Some(plan) = configure::configure(&rebuild, wish)? {
        needs_to_run(facts, &plan)?;
        return Ok(Some(plan));
    }
    let plan = match wish.operation {
        Operation::UpdateSystem { inputs, activation } => rebuild.update(inputs, *activation)?,
        Operation::CheckUpdates {} => rebuild.check()?,
        Operation::UpgradeRelease { release } => rebuild.upgrade(release)?,
        Operation::ApplyConfiguration {} => rebuild.activate(SwitchAction::Switch)?,
        Operation::BootConfiguration {} => rebuild.activate(SwitchAction::Boot)?,
        Operation::TestConfiguration {} => rebuild.activate(SwitchAction::Test)?,
        Operation::BuildSystem {} => rebuild.build()?,
        Operation::BuildVm {} => rebuild.virtual_machine()?,
        Operation::DryRun { level } => rebuild.preview(*level)?,
        Operation::RollbackSystem { generation, steps, when } => {
            generations::rollback(facts, *generation, *steps, when.as_ref().map(Phrase::as_str))?
        }
        Operation::ListGenerations { limit } => generations::list(*limit),
        Operation::CompareGenerations { from, to } => generations::compare(facts, *from, *to)?,
        Operation::DeleteGenerations { generations, keep, older_than } => {
            generations::delete(facts, generations, *keep, *older_than)?
        }
        Operation::PinGeneration { generation, label } => generations::pin(facts, *generation, label.as_ref())?,
        Operation::SwitchSpecialisation { name } => generations::specialisation(facts, name)?,
        Operation::CollectGarbage { older_than } => store::collect_garbage(facts, *older_than)?,
        Operation::OptimizeStore {} => store::optimise(facts)?,
        Operation::VerifyStore { repair } => store::verify(facts, *repair)?,
        Operation::ManageChannel { action, channel, url } => channels::manage(facts, *action, channel, url.as_ref())?,
        Operation::DiskUsage {} => Plan::look("Show what takes the space", Probe::DiskUsage),
        Operation::SystemInfo {} => Plan::look("Show what this system is", Probe::SystemInfo),
        Operation::SystemHealth {} => Plan::look("Check the health of the system", Probe::SystemHealth),
        Operation::ListChannels {} => Plan::look("Show where packages come from", Probe::Channels),
        Operation::TryPackage { packages } => rebuild.try_packages(packages)?,
        Operation::RunPackage { package, args } => rebuild.run_package(package, args)?,
        Operation::QueryConfig { selector } => rebuild.query(selector)?,
        Operation::ShowConfig { topic } => rebuild.show(topic.as_ref())?,
        Operation::ValidateConfig {} => rebuild.validate()?,
        Operation::ServiceStatus { service } => services::status(facts, service.as_ref())?,
        Operation::ServiceLogs { service } => services::logs(facts, service.as_ref())?,
        Operation::ControlService { service, action } => services::control(facts, service, *action)?,
        Operation::EnterDevShell {} => rebuild.enter_dev_shell()?,
        Operation::UpdateFlake { inputs } => rebuild.update_flake(inputs)?,
        Operation::ShowFlake { flake } => rebuild.show_flake(flake.as_ref())?,
        Operation::CheckFlake {} => rebuild.check_flake()?,
        Operation::BuildProject { attribute } => rebuild.build_project(attribute.as_ref())?,
        Operation::ListHosts {} => rebuild.hosts()?,
        Operation::ExplainOption { option } => {
            Plan::look("Explain an option", Probe::ExplainOption { option: option.to_string() })
        }
        Operation::FindProvider { command } => {
            Plan::look("Find the package of a command", Probe::FindProvider { command: command.to_string() })
        }
        Operation::ListInstalled { filter } => {
            let filter = filter.as_ref().map(Phrase::to_string);
            Plan::look("List what is installed", Probe::ListInstalled { filter })
        }
        Operation::PackageInfo { package, field } => {
            let probe = Probe::PackageInfo { package: package.to_string(), field: *field };
            Plan::look("Tell about a package", probe)
        }
        Operation::SearchOption { query } => {
            Plan::look("Search the options", Probe::SearchOption { query: query.to_string() })
        }
        Operation::SearchPackage { query } => {
            Plan::look("Search the packages", Probe::SearchPackage { query: query.to_string() })
        }
        Operation::WhyInstalled { package } => {
            Plan::look("Find what needs a package", Probe::WhyInstalled { package: package.to_string() })
        }
        Operation::IndexStatus {} => Plan::look("Show the state of the index", Probe::IndexStatus),
        Operation::UpdateIndex { download } => index::update(&rebuild, *download),
        Operation::UndoLast {} => undo(facts, wish.last)?,
        Operation::RepairLast { answer } => match wish.fault {
            Some(fault) => repair(&Fault { answer: answer.clone(), ..fault.clone() }, facts, wish.tools)?,
            None => return Err(none()),
        },
        // These were planned above.
        Operation::InstallPackage { .. }
        | Operation::RemovePackage { .. }
        | Operation::SetOption { .. }
        | Operation::EnableService { .. }
        | Operation::DisableService { .. }
        | Operation::OpenPort { .. }
        | Operation::ClosePort { .. }
        | Operation::AddUser { .. }
        | Operation::RemoveUser { .. }
        | Operation::AddUserToGroup { .. }
        | Operation::UpdatePackage { .. }
        | Operation::GenerateConfig { .. }
        | Operation::EditConfig {}
        | Operation::HardwareConfig {}
        | Operation::ShowHistory { .. }
        | Operation::Help { .. }
        | Operation::Confirm {}
        | Operation::Cancel {}
        | Operation::SmallTalk {}
        | Operation::OutOfScope {}
        | Operation::ExplainError { .. }
        | Operation::ExplainConcept { .. }
        | Operation::ExplainMore {}
        | Operation::SetLessons { .. }
        | Operation::ModelStatus {} => return Ok(None),
    };
    needs_to_run(facts, &plan)?;
    Ok(Some(plan))
}
