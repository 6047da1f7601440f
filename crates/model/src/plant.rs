//! The model of a plant: types, relations, hierarchies, assets.

use std::collections::BTreeMap;

use formula::Time;

use crate::few::Few;
use crate::form::{Leaf, Record, Scalar, Visit, Wrong, records};
use crate::input::Input;
use crate::name::{
    AssetKey, BindingName, ComponentName, HierarchyName, InputName, ParameterName, PropertyName,
    PropertyPath, RelationName, TypeName,
};
use crate::node::{Node, Value};
use crate::property::{About, Count, Link, Parameter, Property};

/// A whole model, as written: nothing inherited, nothing computed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Model {
    /// The asset types.
    pub types: BTreeMap<TypeName, AssetType>,
    /// The relations beyond the built-in ones ([`BUILT_IN`]).
    pub relations: BTreeMap<RelationName, Relation>,
    /// The hierarchies beyond the built-in ones ([`HIERARCHIES`]).
    pub hierarchies: BTreeMap<HierarchyName, Hierarchy>,
    /// The assets.
    pub assets: BTreeMap<AssetKey, Asset>,
    /// The mapping rules, from messages to properties of assets.
    pub bindings: BTreeMap<BindingName, bind::Rule>,
}

/// The version of a type, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u32);

impl Default for Version {
    fn default() -> Self {
        Self(1)
    }
}

impl Leaf for Version {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match (u32::leaf(node), &node.value) {
            (Ok(0), _) | (Err(_), Value::Number(_)) => Err(Wrong::new("versions are counted from 1")
                .help("write `version = 1`, and one more with each change")),
            (number, _) => number.map(Self),
        }
    }

    fn value(&self) -> Value {
        Value::Number(f64::from(self.0))
    }
}

/// The reusable description of a kind of equipment.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AssetType {
    /// Its name; owner, steward and criticality hold for its properties too.
    pub about: About,
    /// Raised with every change.
    pub version: Version,
    /// The types it is a kind of; the first one wins.
    pub extends: Vec<TypeName>,
    /// Whether it is only there to be extended.
    pub is_abstract: bool,
    /// What it leaves open.
    pub parameters: BTreeMap<ParameterName, Parameter>,
    /// What can be known of an asset.
    pub properties: BTreeMap<PropertyName, Property>,
    /// What it is made of.
    pub components: BTreeMap<ComponentName, Component>,
    /// What its formulas use beyond its own properties.
    pub inputs: BTreeMap<InputName, Input>,
}

impl Record for AssetType {
    const WHAT: &'static str = "a type";

    fn fields(&mut self, visit: &mut dyn Visit) {
        self.about.visit(visit);
        visit.field("version", &mut self.version);
        visit.field("extends", &mut self.extends);
        visit.field("abstract", &mut self.is_abstract);
        visit.field("parameters", &mut self.parameters);
        visit.field("properties", &mut self.properties);
        visit.field("components", &mut self.components);
        visit.field("inputs", &mut self.inputs);
    }
}

/// A part that every asset of a type has, with a type of its own.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Component {
    /// The type.
    pub ty: TypeName,
    /// What it is there.
    pub description: Option<Box<str>>,
    /// What its parameters are; texts may use the `{parameters}` of the asset around it.
    pub parameters: BTreeMap<ParameterName, Scalar>,
}

impl Record for Component {
    const WHAT: &'static str = "a component";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("type", &mut self.ty);
        visit.field("description", &mut self.description);
        visit.field("parameters", &mut self.parameters);
    }
}

/// A kind of connection between assets.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Relation {
    /// What it says.
    pub about: About,
    /// Its name read from the other side.
    pub inverse: Option<RelationName>,
    /// The types it may start from; any when nobody says.
    pub from: Vec<TypeName>,
    /// The types it may lead to.
    pub to: Vec<TypeName>,
    /// To how many one asset may lead at a time.
    pub targets: Option<Count>,
    /// From how many one asset may be reached at a time.
    pub sources: Option<Count>,
}

impl Record for Relation {
    const WHAT: &'static str = "a relation";

    fn fields(&mut self, visit: &mut dyn Visit) {
        self.about.visit(visit);
        visit.field("inverse", &mut self.inverse);
        visit.field("from", &mut self.from);
        visit.field("to", &mut self.to);
        visit.field("targets", &mut self.targets);
        visit.field("sources", &mut self.sources);
    }
}

/// A tree over the assets, made by a relation that leads to one asset at most.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Hierarchy {
    /// What it shows.
    pub about: About,
    /// The relation from child to parent.
    pub relation: RelationName,
}

impl Record for Hierarchy {
    const WHAT: &'static str = "a hierarchy";

    fn fields(&mut self, visit: &mut dyn Visit) {
        self.about.visit(visit);
        visit.needed("relation", &mut self.relation);
    }
}

/// One piece of equipment, or a place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asset {
    /// Its name and owner.
    pub about: About,
    /// Its type.
    pub ty: TypeName,
    /// What its type leaves open.
    pub parameters: Few<ParameterName, Scalar>,
    /// The values of its attributes.
    pub values: Few<PropertyPath, Scalar>,
    /// What is different here: limits, normal range, topic and the like.
    pub properties: BTreeMap<PropertyPath, Property>,
    /// Where it leads.
    pub relations: Few<RelationName, Vec<Link>>,
}

impl Record for Asset {
    const WHAT: &'static str = "an asset";

    fn fields(&mut self, visit: &mut dyn Visit) {
        self.about.visit(visit);
        visit.needed("type", &mut self.ty);
        visit.field("parameters", &mut self.parameters);
        visit.field("values", &mut self.values);
        visit.field("properties", &mut self.properties);
        visit.field("relations", &mut self.relations);
    }
}

records!(AssetType, Component, Relation, Hierarchy, Asset);

impl crate::form::Item for Vec<Link> {
    fn read(node: &Node, told: &mut crate::problem::Told) -> Option<Self> {
        let mut links = Self::new();
        crate::form::Slot::read(&mut links, node, told);
        Some(links)
    }

    fn write(&self) -> Value {
        let one = |link: &Link| Node::from(crate::form::Item::write(link));
        Value::List(self.iter().map(one).collect())
    }
}

/// A relation that is always there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Its name read from the other side.
    pub inverse: &'static str,
    /// To how many one asset may lead at a time.
    pub targets: Count,
}

/// The relations that are always there.
pub const BUILT_IN: [BuiltIn; 7] = [
    built_in("part_of", "has_part", Count::OPTIONAL),
    built_in("located_in", "location_of", Count::OPTIONAL),
    built_in("owned_by", "owns", Count::OPTIONAL),
    built_in("feeds", "fed_by", Count::ANY),
    built_in("drives", "driven_by", Count::ANY),
    built_in("measures", "measured_by", Count::ANY),
    built_in("backs_up", "backed_up_by", Count::ANY),
];

/// The hierarchies that are always there, and their relations.
pub const HIERARCHIES: [(&str, &str); 3] = [
    ("process", "part_of"),
    ("location", "located_in"),
    ("ownership", "owned_by"),
];

const fn built_in(name: &'static str, inverse: &'static str, targets: Count) -> BuiltIn {
    BuiltIn {
        name,
        inverse,
        targets,
    }
}

/// A relation as it is in force.
#[derive(Clone, Copy, Debug)]
pub struct RelationRule<'m> {
    /// The name it is written with.
    pub name: &'m str,
    /// Its name read from the other side.
    pub inverse: Option<&'m str>,
    /// The types it may start from; any when empty.
    pub from: &'m [TypeName],
    /// The types it may lead to; any when empty.
    pub to: &'m [TypeName],
    /// To how many one asset may lead at a time.
    pub targets: Count,
    /// From how many one asset may be reached at a time.
    pub sources: Count,
}

/// A link as one of its two assets sees it.
#[derive(Clone, Copy, Debug)]
pub struct Held<'m> {
    /// The name it is written with.
    pub relation: &'m str,
    /// The other asset leads here.
    pub is_inverse: bool,
    /// The asset at the other end.
    pub other: &'m str,
    /// The link, which says when it holds.
    pub link: &'m Link,
}

impl Held<'_> {
    /// The relation as it is read from this asset; the name it is written with where there is no other.
    #[must_use]
    pub fn read_as(&self, model: &Model) -> String {
        let inverse = || model.relation(self.relation).and_then(|(rule, _)| rule.inverse);
        let read = if self.is_inverse { inverse() } else { None };
        read.unwrap_or(self.relation).to_owned()
    }
}

/// Which way a relation is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// As it is written: from this asset to others.
    Forward,
    /// From the other side.
    Backward,
}

impl Model {
    /// Every relation in force, the built-in ones first.
    pub fn relation_rules(&self) -> impl Iterator<Item = RelationRule<'_>> {
        let built_in = BUILT_IN.iter().map(|built_in| RelationRule {
            name: built_in.name,
            inverse: Some(built_in.inverse),
            from: &[],
            to: &[],
            targets: built_in.targets,
            sources: Count::ANY,
        });
        built_in.chain(self.relations.iter().map(|(name, relation)| RelationRule {
            name: name.as_str(),
            inverse: relation.inverse.as_ref().map(RelationName::as_str),
            from: &relation.from,
            to: &relation.to,
            targets: relation.targets.unwrap_or(Count::ANY),
            sources: relation.sources.unwrap_or(Count::ANY),
        }))
    }

    /// The relation of this name, and which way the name reads it.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<(RelationRule<'_>, Direction)> {
        self.relation_rules().find_map(|rule| {
            if rule.name == name {
                Some((rule, Direction::Forward))
            } else {
                (rule.inverse == Some(name)).then_some((rule, Direction::Backward))
            }
        })
    }

    /// Every hierarchy and its relation.
    pub fn hierarchy_relations(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self
            .hierarchies
            .iter()
            .map(|(name, hierarchy)| (name.as_str(), hierarchy.relation.as_str()));
        HIERARCHIES.into_iter().chain(own)
    }

    /// The links of an asset along a relation as it is written.
    #[must_use]
    pub fn links(&self, asset: &str, relation: &str) -> &[Link] {
        self.assets
            .get(asset)
            .and_then(|asset| asset.relations.get(relation))
            .map_or(&[], Vec::as_slice)
    }

    /// Where an asset led along a relation at an instant: "where did this pump sit?"
    pub fn targets_at<'m>(
        &'m self,
        asset: &str,
        relation: &str,
        time: Time,
    ) -> impl Iterator<Item = &'m AssetKey> {
        self.links(asset, relation)
            .iter()
            .filter(move |link| link.holds_at(time))
            .map(|link| &link.to)
    }

    /// Every link from and to an asset, whenever it held: "where was this pump, and who sat here?" Looks at
    /// every asset.
    pub fn held<'m>(&'m self, asset: &'m str) -> impl Iterator<Item = Held<'m>> {
        let own = self
            .assets
            .get(asset)
            .into_iter()
            .flat_map(|asset| &asset.relations);
        let own = own.flat_map(|(relation, links)| {
            links.iter().map(move |link| Held {
                relation: relation.as_str(),
                is_inverse: false,
                other: link.to.as_str(),
                link,
            })
        });
        let others = self.assets.iter().flat_map(move |(key, other)| {
            let links = other
                .relations
                .iter()
                .flat_map(|(relation, links)| links.iter().map(move |link| (relation, link)));
            let here = links.filter(move |(_, link)| link.to.as_str() == asset);
            here.map(move |(relation, link)| Held {
                relation: relation.as_str(),
                is_inverse: true,
                other: key.as_str(),
                link,
            })
        });
        own.chain(others)
    }

    /// Which assets led to this one along a relation in a stretch of time, and how: "which pump sat
    /// here in March?" Looks at every asset.
    pub fn sources_within<'m>(
        &'m self,
        target: &'m str,
        relation: &'m str,
        from: Time,
        until: Time,
    ) -> impl Iterator<Item = (&'m AssetKey, &'m Link)> {
        self.assets.iter().flat_map(move |(key, asset)| {
            let links = asset.relations.get(relation).map_or(&[][..], Vec::as_slice);
            let here = move |link: &&Link| link.to.as_str() == target && link.holds_within(from, until);
            links.iter().filter(here).map(move |link| (key, link))
        })
    }
}
