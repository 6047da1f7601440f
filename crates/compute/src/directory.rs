//! Names and numbers: assets, paths of properties, and the cells that stand for them.

use std::collections::BTreeMap;
use std::sync::Arc;

/// No leaf, no output.
pub(crate) const NONE: u32 = u32::MAX;

/// An asset, as far as explanations need it.
pub(crate) struct AssetInfo {
    pub key: Arc<str>,
    /// Place among the types.
    pub ty: u32,
}

/// A type, as far as explanations need it.
pub(crate) struct TypeInfo {
    pub name: Arc<str>,
    pub effective: Arc<model::Effective>,
}

/// What a cell stands for.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub asset: u32,
    pub path: u32,
    pub leaf: u32,
    pub output: u32,
}

impl Place {
    pub const NOWHERE: Self = Self {
        asset: NONE,
        path: NONE,
        leaf: NONE,
        output: NONE,
    };
}

#[derive(Default)]
pub(crate) struct Directory {
    pub assets: Vec<AssetInfo>,
    pub types: Vec<TypeInfo>,
    /// Versions of all types, also of those that have no assets.
    pub versions: BTreeMap<Arc<str>, u32>,
    /// What assets say of who answers for a property: asset and path to owner.
    pub owners: BTreeMap<(u32, Arc<str>), Box<str>>,
    /// Who answers for an asset, where it says so itself.
    pub asset_owners: BTreeMap<u32, Box<str>>,
    by_key: BTreeMap<Arc<str>, u32>,
    paths: Vec<Arc<str>>,
    by_path: BTreeMap<Arc<str>, u32>,
    pub places: Vec<Place>,
    /// Asset, path, cell; in order once it is sealed.
    cells: Vec<(u32, u32, u32)>,
    /// Asset, path, leaf.
    leaves: Vec<(u32, u32, u32)>,
}

impl Directory {
    pub fn add_asset(&mut self, key: &str, ty: u32) -> u32 {
        let (key, at) = (Arc::<str>::from(key), self.assets.len() as u32);
        self.by_key.insert(Arc::clone(&key), at);
        self.assets.push(AssetInfo { key, ty });
        at
    }

    pub fn asset(&self, key: &str) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    pub fn info(&self, asset: u32) -> Option<(&AssetInfo, &TypeInfo)> {
        let info = self.assets.get(asset as usize)?;
        Some((info, self.types.get(info.ty as usize)?))
    }

    /// The number of a path, a new one when it is new.
    pub fn add_path(&mut self, path: &str) -> u32 {
        if let Some(known) = self.by_path.get(path) {
            return *known;
        }
        let (path, at) = (Arc::<str>::from(path), self.paths.len() as u32);
        self.by_path.insert(Arc::clone(&path), at);
        self.paths.push(path);
        at
    }

    pub fn path(&self, path: u32) -> Option<&Arc<str>> {
        self.paths.get(path as usize)
    }

    /// The names of an asset and a path.
    pub fn names(&self, asset: u32, path: u32) -> (&Arc<str>, &Arc<str>) {
        static EMPTY: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| Arc::from(""));
        let key = self.assets.get(asset as usize).map(|asset| &asset.key);
        (key.unwrap_or(&EMPTY), self.path(path).unwrap_or(&EMPTY))
    }

    pub fn place(&self, cell: u32) -> Place {
        self.places.get(cell as usize).copied().unwrap_or(Place::NOWHERE)
    }

    pub fn output_of(&self, cell: u32) -> Option<u32> {
        Some(self.place(cell).output).filter(|output| *output != NONE)
    }

    pub fn leaf_of(&self, cell: u32) -> Option<u32> {
        Some(self.place(cell).leaf).filter(|leaf| *leaf != NONE)
    }

    /// Takes the cells and leaves by their names.
    pub fn seal(&mut self, cells: BTreeMap<(u32, u32), u32>, leaves: BTreeMap<(u32, u32), u32>) {
        let row = |((asset, path), number)| (asset, path, number);
        self.cells = cells.into_iter().map(row).collect();
        self.leaves = leaves.into_iter().map(row).collect();
    }

    pub fn cell(&self, asset: &str, path: &str) -> Option<u32> {
        self.find(&self.cells, asset, path)
    }

    pub fn leaf(&self, asset: &str, path: &str) -> Option<u32> {
        self.find(&self.leaves, asset, path)
    }

    fn find(&self, rows: &[(u32, u32, u32)], asset: &str, path: &str) -> Option<u32> {
        let wanted = (self.asset(asset)?, *self.by_path.get(path)?);
        let at = rows
            .binary_search_by_key(&wanted, |(asset, path, _)| (*asset, *path))
            .ok()?;
        rows.get(at).map(|(_, _, number)| *number)
    }
}
