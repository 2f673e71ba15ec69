package dev.whit.hub;

/**
 * A file of a repository.
 *
 * @param name within the repository, no directories
 * @param size bytes
 * @param checksum of its content
 */
record HubFile(String name, long size, Checksum checksum) {}
