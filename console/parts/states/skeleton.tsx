/** Stands for lines that are being read, in their size, so that nothing jumps when they arrive. */
export function Skeleton({ lines = 3, height }: { lines?: number; height?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, n) => (
        <div key={n} style={{ height: height ?? 20 }} />
      ))}
    </div>
  );
}

/** Stands for a page whose program is being loaded. */
export function PageSkeleton() {
  return (
    <div className="page-skeleton">
      <Skeleton lines={1} height={32} />
      <Skeleton lines={6} height={40} />
    </div>
  );
}
