package dev.whit.engine;

import dev.whit.backend.GenerationEvent;

/** Something to tell the listener of a sequence. */
record SequenceEvent(Sequence sequence, GenerationEvent event) {}
