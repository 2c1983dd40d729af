//! One package alone made newer: what that means, and the overlay that does it where there is a newer nixpkgs.

use super::draft::Draft;
use super::{Configuration, Plan, Rebuild, Refusal, Unplanned, ask, path};
use crate::nix::edit::path::AttributePath;
use crate::nix::modules::Done;
use crate::operation::slots::PackageName;
use crate::operation::{Activation, UpdateWay};
use crate::plan::rebuild::join;

/// `update_package`.
pub(super) fn update_one(
    rebuild: &Rebuild<'_>,
    package: &PackageName,
    way: Option<UpdateWay>,
) -> Result<Plan, Unplanned> {
    match way {
        Some(UpdateWay::Everything) => rebuild.update(&[], Activation::Switch),
        Some(UpdateWay::Newer) => newer(rebuild, package),
        None => {
            let text = format!(
                "{package} cannot be updated by itself: all packages of a system come from one state of nixpkgs, where they fit together. \
                 To have only this one newer, it is taken from a second, newer nixpkgs in an overlay, and brings libraries of its own along; \
                 it stays there until you take the overlay out. What shall be updated?"
            );
            Err(ask(&text, vec!["everything".to_owned(), "only this one".to_owned()], "way").into())
        }
    }
}

fn newer(rebuild: &Rebuild<'_>, package: &PackageName) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let Some(attribute) = AttributePath::parse(package.as_str()) else {
        let message = format!("'{package}' cannot be the name of a package.");
        return Err(Refusal::new("package-not-found", message).with("package", package.as_str()).into());
    };
    let [name] = attribute.names() else {
        let message =
            format!("{package} lies in a set of packages, which an overlay changes as a whole; that is left to you.");
        return Err(Refusal::new("edit-by-hand", message).with("option", "nixpkgs.overlays").into());
    };
    let Configuration::Channels { .. } = &facts.configuration else { return Err(in_flake(package).into()) };
    let others = facts.channel_list.iter().filter(|channel| channel.name != "nixos" && channel.name != "home-manager");
    let other = others.clone().find(|channel| channel.name.contains("unstable")).or_else(|| others.clone().next());
    let Some(channel) = other else {
        let message = format!(
            "{package} can only come from a newer nixpkgs when there is one: this machine has one channel. Add another first, and say this again: ask-nix \"subscribe to nixos-unstable as unstable\""
        );
        return Err(Unplanned::Nothing(message));
    };
    let mut draft = Draft::system(rebuild);
    let written = format!("{}.nix", name_of(name, &facts.surroundings.names));
    let quoted = crate::nix::edit::path::attribute(name);
    let text = format!(
        "# {name} alone comes from the channel {channel}, newer than the rest. Without this file it is as new as everything else.\n\
         {{ ... }}:\n\n{{\n  nixpkgs.overlays = [\n    (final: prev: {{\n      {quoted} =\n        (import <{channel}> {{\n          system = prev.stdenv.hostPlatform.system;\n          config = prev.config;\n        }}).{quoted};\n    }})\n  ];\n}}\n",
        channel = channel.name,
    );
    draft.add_file(&written, text)?;
    draft.notes.push(format!(
        "{name} comes from the channel {} from now on, and is updated whenever that is. \"ask-nix undo\", or taking {written} out of imports, ends it.",
        channel.name
    ));
    debug_assert!(!draft.is_empty(), "{:?}", Done::Changed);
    draft.plan(format!("Take {package} from the channel {}", channel.name), String::new)
}

fn name_of(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("newer-{name}-{number}"));
    let free = |name: &String| !taken.contains(&format!("{name}.nix"));
    std::iter::once(format!("newer-{name}")).chain(numbered).find(free).unwrap_or_default()
}

/// In a flake a second nixpkgs is an input, which the modules must be given: that reaches into how the flake is built.
fn in_flake(package: &PackageName) -> Refusal {
    let lines = [
        "inputs.nixpkgs-unstable.url = \"github:NixOS/nixpkgs/nixos-unstable\";".to_owned(),
        format!(
            "{{ nixpkgs.overlays = [ (final: prev: {{ {package} = inputs.nixpkgs-unstable.legacyPackages.${{prev.stdenv.hostPlatform.system}}.{package}; }}) ]; }}"
        ),
    ];
    let option = path(&["nixpkgs", "overlays"]);
    Refusal::new(
        "edit-by-hand",
        format!(
            "A second nixpkgs is a new input of the flake, and how its modules come to know it is different in each. By hand, in flake.nix, it is these two, the first among the inputs and the second among the modules of this machine:\n{}",
            join(&[lines.join("\n")])
        ),
    )
    .with("option", option.to_string())
    .with("lines", lines.join("\n"))
}
