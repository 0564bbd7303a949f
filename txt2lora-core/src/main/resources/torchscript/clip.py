# CLIP text encoder (Radford et al., arXiv 2103.00020) as Stable Diffusion uses it: causal, 77 tokens, heads of 64.

class ClipTextEncoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  quick_gelu : bool
  weights : Dict[str, Tensor]

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  def linear(self, x: Tensor, name: str) -> Tensor:
    return __torch__.layers.linear(x, self.weights, name)

  def activation(self, x: Tensor) -> Tensor:
    if self.quick_gelu:
      return x * torch.sigmoid(x * 1.702)
    return torch.gelu(x)

  def encoder_layer(self, x: Tensor, name: str) -> Tensor:
    heads = max(x.shape[2] // 64, 1)
    h = __torch__.layers.layer_norm(x, self.weights, name + ".layer_norm1")
    q = self.linear(h, name + ".self_attn.q_proj")
    k = self.linear(h, name + ".self_attn.k_proj")
    v = self.linear(h, name + ".self_attn.v_proj")
    x = x + self.linear(__torch__.layers.attention(q, k, v, heads, True), name + ".self_attn.out_proj")
    h = __torch__.layers.layer_norm(x, self.weights, name + ".layer_norm2")
    return x + self.linear(self.activation(self.linear(h, name + ".mlp.fc1")), name + ".mlp.fc2")

  # ids: [batch, tokens] -> the embeddings and every layer's output, each [batch, tokens, width], no final norm
  def forward(self, ids: Tensor) -> List[Tensor]:
    return self.states(torch.embedding(self.weights["text_model.embeddings.token_embedding.weight"], ids))

  # places: [number], vectors: [number, width], the token embeddings at these places -> as forward
  def forward_with_vectors(self, ids: Tensor, places: Tensor, vectors: Tensor) -> List[Tensor]:
    x = torch.embedding(self.weights["text_model.embeddings.token_embedding.weight"], ids)
    rows = vectors.to(self.dtype).unsqueeze(0).expand([x.shape[0], -1, -1])
    return self.states(torch.index_copy(x, 1, places, rows))

  # x: the token embeddings, [batch, tokens, width]
  def states(self, x: Tensor) -> List[Tensor]:
    x = x + self.weights["text_model.embeddings.position_embedding.weight"][:x.shape[1]]
    states = [x]
    i = 0
    while "text_model.encoder.layers." + str(i) + ".layer_norm1.weight" in self.weights:
      x = self.encoder_layer(x, "text_model.encoder.layers." + str(i))
      states.append(x)
      i = i + 1
    return states

  def final_norm(self, hidden: Tensor) -> Tensor:
    return __torch__.layers.layer_norm(hidden, self.weights, "text_model.final_layer_norm")

  # normed: the last hidden state after the final norm -> its row at the first end token, [batch, width]
  def pooled(self, normed: Tensor, ids: Tensor) -> Tensor:
    end = self.weights["text_model.embeddings.token_embedding.weight"].shape[0] - 1
    position = torch.argmax((ids == end).to(3), 1)
    return normed[torch.arange(ids.shape[0], device=ids.device), position]

  # pooled: [batch, width] -> [batch, projection width]
  def project(self, pooled: Tensor) -> Tensor:
    return torch.linear(pooled, self.weights["text_projection.weight"], None)
