//! What is known about the machine before anything is planned: read from files in milliseconds, never evaluated. The one
//! subprocess that may be needed, `nix --version`, is run only when the path of `nix` does not say the version.

mod configuration;
mod pins;
mod surroundings;

use std::io;
use std::path::{Path, PathBuf};

use super::host::clock;
use super::{Command, Machine};
use crate::nix::channel::{Channel, Places};
use crate::nix::modules::{self, Modules};
use crate::nix::profile::Profile;
use crate::nix::version::NixVersion;
use crate::nix::{generation, version};
use crate::operation::GenerationNumber;
pub use configuration::Configuration;
use configuration::configuration;
pub use surroundings::Surroundings;
use surroundings::surroundings;

/// What the person chose about the machine, by option, environment or settings file; everything else is looked up.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// A directory with a `flake.nix`, or a flake reference; with or without `#host`.
    pub flake: Option<String>,
    /// A `configuration.nix` that is built from channels.
    pub file: Option<PathBuf>,
    /// The name below `nixosConfigurations`.
    pub host: Option<String>,
    /// The specialisation to activate.
    pub specialisation: Option<String>,
    /// The profile that holds the generations of the system.
    pub profile: Option<PathBuf>,
}

/// How a step becomes root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Privilege {
    /// We are root.
    Root,
    /// Through this program.
    Helper(PathBuf),
    /// Not at all.
    None,
}

/// Programs that make others root, in the order of preference.
const HELPERS: [&str; 4] = ["doas", "sudo", "run0", "pkexec"];
/// Variables that a step keeps when a privilege helper clears the environment: root must work on the same store.
const KEPT: [&str; 13] = [
    "LOCALE_ARCHIVE",
    "NIXOS_INSTALL_BOOTLOADER",
    "NIXOS_NO_CHECK",
    "NIX_CONFIG",
    "NIX_CONF_DIR",
    "NIX_LOG_DIR",
    "NIX_PATH",
    "NIX_REMOTE",
    "NIX_SSHOPTS",
    "NIX_SSL_CERT_FILE",
    "NIX_STATE_DIR",
    "NIX_STORE_DIR",
    "PATH",
];

/// Everything that planning knows.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Whether this is NixOS.
    pub nixos: bool,
    /// The machine's name, or that of its system in the flake.
    pub host: String,
    /// The Nix on PATH.
    pub nix: Option<NixVersion>,
    /// Where the system is described.
    pub configuration: Configuration,
    /// The profile that holds the generations of the system.
    pub profile: Profile,
    /// The link to the system that runs.
    pub running: PathBuf,
    /// What it points at.
    pub running_system: Option<PathBuf>,
    /// What was booted.
    pub booted_system: Option<PathBuf>,
    /// How to become root.
    pub privilege: Privilege,
    /// Where the machine's disk is mounted, when the machine itself does not run: programs would act on another one.
    pub mounted: Option<PathBuf>,
    /// Whether systemd runs here.
    pub systemd: bool,
    /// Whether a Nix daemon answers here; then the store is its business, not the person's.
    pub daemon: bool,
    /// The store's database, which belongs to whoever owns the store.
    pub store_database: PathBuf,
    /// The specialisation that the person chose.
    pub specialisation: Option<String>,
    /// Where ask-nix keeps what a run needs: links to what it built, lock files that wait for consent.
    pub workshop: PathBuf,
    /// Where history and journal are.
    pub state: PathBuf,
    /// Profile of root's channels, with its current generation.
    pub channels: (PathBuf, Option<GenerationNumber>),
    /// Root's channels.
    pub channel_list: Vec<Channel>,
    /// The nearest directory with a `flake.nix`, from where the person is upwards.
    pub project: Option<PathBuf>,
    /// The text of the flake, when there is one.
    pub flake_source: Option<String>,
    /// The files of the configuration; none unless a plan is to change them.
    pub modules: Modules,
    /// What stands around these files; nothing unless a plan is to change them.
    pub surroundings: Surroundings,
    /// The person's account, unless it is root's.
    pub person: Option<String>,
    /// The person's home directory.
    pub home: PathBuf,
    /// The generation of the person's home that Home Manager made last.
    pub home_generation: Option<PathBuf>,
    /// Which packages the machine has: its locked nixpkgs or its channel, in words.
    pub packages_from: Option<String>,
    /// Where the channel publishes lists of its packages and options: the address that its name or lock file has.
    pub published_at: Option<String>,
    /// The time, in the person's time zone.
    pub now: jiff::Zoned,
    /// Labels of pinned generations.
    pub pinned: Vec<(GenerationNumber, String)>,
    /// Variables to hand through a privilege helper.
    pub kept_environment: Vec<(String, String)>,
    /// Paths that this person may not write, among those that plans touch.
    pub read_only: Vec<PathBuf>,
}

impl Facts {
    /// Looks at the machine.
    ///
    /// # Errors
    /// When the profile's directory is there and cannot be listed.
    pub fn survey(machine: &impl Machine, choices: &Choices) -> io::Result<Self> {
        let host = machine.host_name();
        let profile_path = choices.profile.clone().unwrap_or_else(|| machine.at("/nix/var/nix/profiles/system"));
        let profile = match Profile::read(machine, &profile_path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Profile { path: profile_path, generations: Vec::new(), current: None }
            }
            other => other?,
        };
        let running = machine.at("/run/current-system");
        let state = state_directory(machine);
        let nix_state = machine.at("/nix/var/nix");
        let configuration = configuration(machine, choices, &host);
        let flake_source = match &configuration {
            Configuration::Flake { directory: Some(directory), .. } => machine.read(&directory.join("flake.nix")).ok(),
            _ => None,
        };
        let channels = Places::of_root(machine, &nix_state);
        let channel_list = channels.read(machine)?;
        let (packages_from, published_at) = configuration::packages(machine, &configuration, &channel_list);
        let channel_generation = generation::numbers(machine, &channels.profile).ok().and_then(|(_, current)| current);
        let mut facts = Self {
            nixos: is_nixos(machine),
            nix: nix_version(machine),
            running_system: machine.resolve(&running).ok(),
            booted_system: machine.resolve(&machine.at("/run/booted-system")).ok(),
            running,
            privilege: privilege(machine),
            mounted: (!machine.acts_here()).then(|| machine.at("/")),
            systemd: machine.status(&machine.at("/run/systemd/system")).is_ok(),
            daemon: daemon(machine, &nix_state),
            store_database: nix_state.join("db"),
            host: match &configuration {
                Configuration::Flake { host, .. } => host.clone(),
                _ => host,
            },
            configuration,
            specialisation: choices.specialisation.clone(),
            workshop: state.join("build"),
            state,
            packages_from,
            published_at,
            channel_list,
            channels: (channels.profile, channel_generation),
            flake_source: flake_source.and_then(|text| String::from_utf8(text).ok()),
            modules: Modules::default(),
            surroundings: Surroundings::default(),
            person: person(machine),
            home: home(machine),
            home_generation: home_generation(machine),
            project: project(machine),
            now: clock::now(),
            pinned: pins::pins(machine, &profile.path),
            kept_environment: KEPT
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), machine.variable(name)?)))
                .collect(),
            read_only: Vec::new(),
            profile,
        };
        for generation in &mut facts.profile.generations {
            let pin = facts.pinned.iter().find(|(number, _)| *number == generation.number);
            generation.pinned = pin.map(|(_, label)| label.clone());
        }
        facts.look_at(machine, facts.touched());
        Ok(facts)
    }

    /// Reads the files of the configuration as well.
    pub fn read_modules(&mut self, machine: &impl Machine) {
        self.modules = match &self.configuration {
            Configuration::Flake { directory: Some(directory), host, .. } => {
                let source = self.flake_source.as_deref().unwrap_or_default();
                modules::flake(machine, directory, source, host)
            }
            Configuration::Channels { file, .. } => modules::channels(machine, file, &home(machine)),
            Configuration::Flake { .. } | Configuration::Missing { .. } => Modules::default(),
        };
        let homes = self.modules.homes.iter().flat_map(|home| &home.files);
        let files = self.modules.system.iter().chain(homes).map(|file| file.path.clone());
        let files: Vec<PathBuf> = files.collect();
        self.look_at(machine, files);
        self.surroundings = surroundings(machine, self);
    }

    /// Finds out which of these files only root can write. Who is root need not ask.
    pub fn look_at(&mut self, machine: &impl Machine, files: impl IntoIterator<Item = PathBuf>) {
        if self.privilege == Privilege::Root {
            return;
        }
        self.read_only.extend(files.into_iter().filter(|path| !machine.writable(path)));
    }

    /// The files and directories that plans may write, so that planning knows which steps need root.
    fn touched(&self) -> Vec<PathBuf> {
        let mut paths = vec![
            self.profile.path.clone(),
            self.running.clone(),
            self.channels.0.clone(),
            self.pins_directory(),
            self.store_database.clone(),
        ];
        paths.extend(self.project.iter().map(|directory| directory.join("flake.lock")));
        match &self.configuration {
            Configuration::Flake { directory: Some(directory), .. } => {
                paths.extend([directory.join("flake.lock"), directory.join("flake.nix")]);
            }
            Configuration::Channels { file, .. } => paths.push(file.clone()),
            _ => {}
        }
        paths
    }

    /// A date as a person says it, in their time zone.
    pub fn day(&self, time: jiff::Timestamp) -> String {
        time.to_zoned(self.now.time_zone().clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Whether making a file in the directory of the configuration needs root.
    pub fn new_files_need_root(&self) -> bool {
        self.privilege != Privilege::Root && !self.surroundings.writable
    }

    /// Whether writing there needs root.
    pub fn needs_root(&self, path: &Path) -> bool {
        self.privilege != Privilege::Root && self.read_only.iter().any(|read_only| read_only == path)
    }

    /// The link of a generation, beside the profile.
    pub fn generation_link(&self, number: GenerationNumber) -> PathBuf {
        let name = self.profile.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.profile.path.with_file_name(format!("{name}-{number}-link"))
    }

    /// The links that keep what was built last. They are ours alone, and in the way when space is wanted.
    pub fn builds(&self) -> [PathBuf; 3] {
        ["system", "vm", "home"].map(|name| self.workshop.join(name))
    }

    /// Where pins are kept: links there are roots of the garbage collector.
    pub fn pins_directory(&self) -> PathBuf {
        pins::directory(&self.profile.path)
    }

    /// The command as it must be run: as it is, or through the privilege helper when `root` is asked for.
    #[must_use]
    pub fn elevated(&self, command: Command, root: bool) -> Command {
        let helper = match &self.privilege {
            Privilege::Helper(helper) if root => helper,
            // Nothing can give it, but that it is needed is what a plan is refused for.
            Privilege::None if root => return Command { root: true, ..command },
            _ => return command,
        };
        // The helper clears the environment, so what the program needs goes along as arguments of env.
        let mut variables: Vec<String> = Vec::new();
        for (name, value) in &self.kept_environment {
            if !command.environment.contains_key(name) {
                variables.push(format!("{name}={value}"));
            }
        }
        variables.extend(command.environment.iter().map(|(name, value)| format!("{name}={value}")));
        let mut arguments = vec!["env".to_owned()];
        arguments.extend(variables);
        arguments.push(command.program);
        arguments.extend(command.arguments);
        let program =
            helper.file_name().map_or_else(|| helper.display().to_string(), |name| name.to_string_lossy().into_owned());
        Command {
            program,
            arguments,
            root: true,
            critical: command.critical,
            quiet: command.quiet,
            ..Command::default()
        }
    }
}

/// `$XDG_STATE_HOME/ask-nix`.
pub fn state_directory(machine: &impl Machine) -> PathBuf {
    base_directory(machine, "XDG_STATE_HOME", ".local/state")
}

/// `$XDG_CACHE_HOME/ask-nix`.
pub fn cache_directory(machine: &impl Machine) -> PathBuf {
    base_directory(machine, "XDG_CACHE_HOME", ".cache")
}

/// `$XDG_CONFIG_HOME/ask-nix`.
pub fn config_directory(machine: &impl Machine) -> PathBuf {
    base_directory(machine, "XDG_CONFIG_HOME", ".config")
}

/// The XDG base directory specification: relative values are invalid and ignored.
fn base_directory(machine: &impl Machine, variable: &str, below_home: &str) -> PathBuf {
    let given = machine.variable(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    given.unwrap_or_else(|| home(machine).join(below_home)).join("ask-nix")
}

fn home(machine: &impl Machine) -> PathBuf {
    machine.variable("HOME").map_or_else(|| PathBuf::from("/root"), PathBuf::from)
}

/// Who asks. A person who became root for this run is still that person.
fn person(machine: &impl Machine) -> Option<String> {
    let named = ["SUDO_USER", "DOAS_USER", "USER", "LOGNAME"].iter().filter_map(|name| machine.variable(name));
    named.into_iter().find(|name| name != "root")
}

/// Where Home Manager keeps its newest generation, now or in older versions.
fn home_generation(machine: &impl Machine) -> Option<PathBuf> {
    let newer = home(machine).join(".local/state/nix/profiles/home-manager");
    let older = person(machine).map(|name| machine.at(&format!("/nix/var/nix/profiles/per-user/{name}/home-manager")));
    [Some(newer), older].into_iter().flatten().find_map(|link| machine.resolve(&link).ok())
}

/// No project lies deeper.
const DEEPEST: usize = 32;

fn project(machine: &impl Machine) -> Option<PathBuf> {
    let directory = machine.working_directory()?;
    let flake = |directory: &&Path| machine.status(&directory.join("flake.nix")).is_ok();
    let top = machine.at("/");
    directory.ancestors().take(DEEPEST).take_while(|above| above.starts_with(&top)).find(flake).map(Path::to_owned)
}

fn is_nixos(machine: &impl Machine) -> bool {
    machine.status(&machine.at("/etc/NIXOS")).is_ok() || machine.status(&machine.at("/run/current-system")).is_ok()
}

/// Through `NIX_REMOTE` or, for those who may not write the store themselves, the daemon's socket.
fn daemon(machine: &impl Machine, nix_state: &Path) -> bool {
    match machine.variable("NIX_REMOTE") {
        Some(remote) => remote == "daemon" || remote.starts_with("unix://"),
        None => machine.user() != 0 && machine.status(&nix_state.join("daemon-socket/socket")).is_ok(),
    }
}

/// The version of Nix. When its path does not tell, `nix --version` does, once: what it said is kept until the program
/// changes, because starting it takes longer than everything else here together.
fn nix_version(machine: &impl Machine) -> Option<NixVersion> {
    let program = version::program(machine)?;
    let status = machine.status(&program).ok()?;
    let age = status.modified.duration_since(std::time::UNIX_EPOCH).map(|age| age.as_nanos()).unwrap_or_default();
    let key = format!("{} {} {age}", program.display(), status.bytes);
    let cache = cache_directory(machine).join("nix-version");
    let kept = machine.read(&cache).ok().and_then(|text| String::from_utf8(text).ok());
    if let Some((known, text)) = kept.as_deref().and_then(|text| text.split_once('\n'))
        && known == key
    {
        return NixVersion::parse(text);
    }
    let found = version::native(machine)?;
    // A cache that cannot be written costs time, nothing else.
    let _ = machine.keep(&cache, format!("{key}\n{}", found.text).as_bytes());
    Some(found)
}

fn privilege(machine: &impl Machine) -> Privilege {
    if machine.user() == 0 {
        return Privilege::Root;
    }
    HELPERS.iter().find_map(|helper| machine.find(helper)).map_or(Privilege::None, Privilege::Helper)
}
