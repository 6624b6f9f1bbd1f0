export default function Other() {
  return <h1>Another page of the shop</h1>;
}
