// The studio keeps its drivers out of the bundle.
export default { serverExternalPackages: ['fetch-studio'] }
