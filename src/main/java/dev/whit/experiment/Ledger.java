package dev.whit.experiment;

/**
 * Where observations are kept. None of its methods waits for anything: what cannot be kept is
 * dropped and counted.
 */
public interface Ledger {
  /** Keeps nothing. */
  Ledger NONE =
      new Ledger() {
        @Override
        public void add(Observation observation) {}

        @Override
        public void add(QualityObservation observation) {}

        @Override
        public void add(Change change) {}
      };

  /** Keeps an observation of a request. */
  void add(Observation observation);

  /** Keeps an observation of quality. */
  void add(QualityObservation observation);

  /** Keeps an entry of the audit log. */
  void add(Change change);
}
