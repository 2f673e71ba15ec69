/**
 * The contract that clients rely on, checked against a live server by what it answers: any server,
 * over HTTP only.
 */
@NullMarked
package dev.whit.selfcheck;

import org.jspecify.annotations.NullMarked;
