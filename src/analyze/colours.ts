/** What the pictures paint the network, its twin and the network after a correction. */
export const COLOURS = { network: '#1f5fbf', twin: '#d9822b', adjusted: '#7a5cc0' } as const;
