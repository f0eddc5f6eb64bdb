/** The level of the Studio protocol this package implements; on the wire `aksara_version` and `version`. */
export const protocolLevel = '0.5.46'
