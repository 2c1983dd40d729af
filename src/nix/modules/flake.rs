//! What a `flake.nix` says about its machines and homes: the files that they are made of.

use rnix::SyntaxNode;
use rnix::ast::{self, AttrpathValue, Expr, HasEntry as _, Ident};
use rowan::ast::AstNode as _;

use crate::nix::edit::look::{Import, imported};
use crate::nix::edit::path::AttributePath;

/// The files of one machine or home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roots {
    /// Modules, in their order.
    pub modules: Vec<String>,
    /// Modules of homes in the machine, by the names of their persons.
    pub homes: Vec<(String, String)>,
}

/// So many names are followed to what `let` binds them to.
const DEEPEST: usize = 4;

/// The files of a machine. Where machines are made by a function, those of all are taken; a name that is put into a path is
/// left in braces.
pub(super) fn machine(text: &str, host: &str) -> Roots {
    let parse = rnix::Root::parse(text);
    let root = parse.tree().syntax().clone();
    let mut roots = Roots::default();
    let direct = values(&root, &["nixosConfigurations", host]);
    let found = if direct.is_empty() { values(&root, &["nixosConfigurations"]) } else { direct };
    for value in &found {
        collect(value, &mut roots, 0);
    }
    roots
}

/// The machines that a flake names in so many words.
pub(super) fn hosts(text: &str) -> Vec<String> {
    let parse = rnix::Root::parse(text);
    let root = parse.tree().syntax().clone();
    let mut names: Vec<String> = named(&root, "nixosConfigurations").into_iter().map(|(name, _)| name).collect();
    names.retain(|name| !name.contains(['$', '{']));
    names
}

/// The homes that a flake defines by themselves, by name.
pub(super) fn homes(text: &str) -> Vec<(String, Roots)> {
    let parse = rnix::Root::parse(text);
    let root = parse.tree().syntax().clone();
    let mut found = Vec::new();
    for (name, value) in named(&root, "homeConfigurations") {
        let mut roots = Roots::default();
        collect(&value, &mut roots, 0);
        found.push((name, roots));
    }
    found
}

/// The full path of an entry, through all sets around it.
fn path_of(entry: &AttrpathValue) -> Vec<String> {
    let entries = entry.syntax().ancestors().filter_map(AttrpathValue::cast);
    let mut paths: Vec<Vec<String>> = entries.map(|entry| own_path(&entry)).collect();
    paths.reverse();
    paths.concat()
}

fn own_path(entry: &AttrpathValue) -> Vec<String> {
    let text = entry.attrpath().map(|path| path.syntax().text().to_string()).unwrap_or_default();
    AttributePath::parse(&text.replace([' ', '\n'], "")).map_or_else(|| vec![text], |path| path.names().to_vec())
}

fn values(root: &SyntaxNode, end: &[&str]) -> Vec<Expr> {
    let entries = root.descendants().filter_map(AttrpathValue::cast);
    let right = entries.filter(|entry| {
        let path = path_of(entry);
        path.len() >= end.len() && path[path.len() - end.len()..].iter().map(String::as_str).eq(end.iter().copied())
    });
    right.filter_map(|entry| entry.value()).collect()
}

fn named(root: &SyntaxNode, above: &str) -> Vec<(String, Expr)> {
    let entries = root.descendants().filter_map(AttrpathValue::cast);
    let right = entries.filter_map(|entry| {
        let mut path = path_of(&entry);
        let name = path.pop()?;
        (path.last().map(String::as_str) == Some(above)).then_some((name, entry.value()?))
    });
    right.collect()
}

/// The files in an expression that are its modules: what `modules` and `imports` list, what a function is given, and what
/// the names in it are bound to.
fn collect(value: &Expr, roots: &mut Roots, depth: usize) {
    for node in value.syntax().descendants() {
        if let Some(expression) = Expr::cast(node.clone())
            && let Some(Import::Path(path)) = imported(&expression)
        {
            // Sums and calls hold their parts as well.
            let whole = node.parent().and_then(Expr::cast).is_some_and(|around| imported(&around).is_some());
            if !whole {
                sort(&node, value, path, roots);
            }
        } else if let Some(name) = Ident::cast(node.clone())
            && depth < DEEPEST
            && let Some(bound) = bound(&name)
            && !bound.syntax().text_range().contains_range(node.text_range())
        {
            collect(&bound, roots, depth + 1);
        }
    }
}

fn sort(node: &SyntaxNode, within: &Expr, path: String, roots: &mut Roots) {
    let inside = |entry: &AttrpathValue| {
        let (outer, range) = (within.syntax().text_range(), entry.syntax().text_range());
        outer.contains_range(range) && outer != range
    };
    let mut around: Vec<Vec<String>> =
        node.ancestors().filter_map(AttrpathValue::cast).filter(inside).map(|entry| own_path(&entry)).collect();
    let nearest = around.first().and_then(|path| path.last().cloned());
    around.reverse();
    let full = around.concat();
    if let Some(place) = full.windows(2).position(|pair| pair[0] == "home-manager" && pair[1] == "users") {
        if let Some(person) = full.get(place + 2) {
            roots.homes.push((person.clone(), path));
        }
    } else if nearest.is_none_or(|nearest| nearest == "modules" || nearest == "imports")
        && !roots.modules.contains(&path)
    {
        roots.modules.push(path);
    }
}

/// What `let` or a set around binds a name to; none for the names of paths, and for arguments.
fn bound(name: &Ident) -> Option<Expr> {
    let syntax = name.syntax();
    if syntax.parent().is_some_and(|parent| ast::Attrpath::can_cast(parent.kind())) {
        return None;
    }
    let wanted = syntax.text().to_string();
    syntax.ancestors().filter_map(ast::LetIn::cast).find_map(|binding| {
        let mut entries = binding.attrpath_values();
        entries.find(|entry| own_path(entry) == [wanted.clone()]).and_then(|entry| entry.value())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flakes_of_all_kinds() {
        let plain = r#"{ outputs = { self, nixpkgs, hm }: {
            nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
              specialArgs = { secrets = ./secrets.nix; };
              modules = [ ./configuration.nix (import ./more.nix) hm.nixosModules.home-manager { a = ./picture.png; }
                { home-manager.users.alice = import ./home.nix; } ];
            };
            nixosConfigurations."web" = nixpkgs.lib.nixosSystem { modules = [ ./web ]; };
            homeConfigurations."alice@demo" = hm.lib.homeManagerConfiguration { modules = [ ./alice.nix ]; };
        }; }"#;
        let roots = machine(plain, "demo");
        assert_eq!(roots.modules, ["./configuration.nix", "./more.nix"]);
        assert_eq!(roots.homes, [("alice".to_owned(), "./home.nix".to_owned())]);
        assert_eq!(machine(plain, "web").modules, ["./web"]);
        let homes = homes(plain);
        assert_eq!(homes.len(), 1);
        assert_eq!(
            (homes[0].0.as_str(), homes[0].1.modules.as_slice()),
            ("alice@demo", ["./alice.nix".to_owned()].as_slice())
        );
    }

    #[test]
    fn functions_that_make_machines() {
        let text = r#"{ outputs = { nixpkgs, ... }@inputs:
            let
              common = [ ./common.nix ];
              host = module: nixpkgs.lib.nixosSystem { modules = [ module ./base.nix ] ++ common; };
              named = name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} (./. + "/extra.nix") ]; };
            in { nixosConfigurations = { demo = host ./configuration.nix; atlas = named "atlas"; };
              nixosConfigurations2 = 1; }; }"#;
        assert_eq!(machine(text, "demo").modules, ["./base.nix", "./common.nix", "./configuration.nix"]);
        assert_eq!(machine(text, "atlas").modules, ["./hosts/{name}", "././extra.nix"]);
        let all = "{ outputs = { lib, ... }: { nixosConfigurations = lib.genAttrs [ \"a\" ] (n: lib.nixosSystem { modules = [ ./m/${n}.nix ]; }); }; }";
        assert_eq!(machine(all, "a").modules, ["./m/{n}.nix"]);
        assert_eq!(machine("{ }", "a"), Roots::default());
        assert_eq!(machine("{ outputs = ", "a"), Roots::default());
    }
}
